"""Plans on board: read, brought, proven, restored, and watched for changes by others."""
