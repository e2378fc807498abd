"""The cloud shell around the engine: events, storage, signing, HTTP."""
