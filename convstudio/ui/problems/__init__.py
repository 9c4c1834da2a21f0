"""Problems and advice in the window: what is said about the network, where it is read, and how it is mended."""
