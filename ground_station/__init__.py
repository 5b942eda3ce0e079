"""The operations centre: vehicle links, the hub, alerts, modules and the operator's page."""
