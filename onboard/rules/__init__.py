"""Judging tracks: each rule a file with its configuration and its certainty."""

from onboard.rules.district import read_district
from onboard.rules.finding import Finding, Rule, Scene
from onboard.rules.settings import RuleSettings, make_rules
from onboard.rules.zones import Zones

__all__ = ["Finding", "Rule", "RuleSettings", "Scene", "Zones", "make_rules", "read_district"]
