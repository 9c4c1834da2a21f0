"""Foreign files become networks with weights: ONNX models and safetensors. Loads torch only where it must."""
