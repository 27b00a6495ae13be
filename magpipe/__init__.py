"""Put the parts of the product together. Every process of it but the sandbox begins here, and loads for seconds."""

from backend.core import garbage

garbage.rarely()
