"""The API of hubs: calls, applications, panels, and a hub's life under its contract."""
