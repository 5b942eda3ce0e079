"""One payload as its own MAVLink participant: gimbal, camera, light and loudspeaker."""
