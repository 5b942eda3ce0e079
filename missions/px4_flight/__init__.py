"""What PX4's multirotor makes of a mission: stages, and a kernel that flies them in no time.

`stages` turns a plan into what PX4's navigator flies one after another; `kernels` moves a setpoint
and a vehicle along them as PX4's flight tasks and position control do.
"""
