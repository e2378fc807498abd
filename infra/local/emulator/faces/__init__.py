"""What clients see: the JSON and XML APIs behind one gateway, with bodies, signatures and CORS."""
