"""The Evaluation tab: what the network takes for what, class by class, with the samples behind each number."""
