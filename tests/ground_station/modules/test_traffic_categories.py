"""Names of road events, held against DATEX II's own schema."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ground_station.modules.traffic.built_in import CATEGORIES

SCHEMA = "schemas/datex2-v3.7/DATEXII_3_Situation.xsd"
XS = {"xs": "http://www.w3.org/2001/XMLSchema"}


@pytest.mark.shared_data
@pytest.mark.parametrize("category", sorted(CATEGORIES.values()))
def test_category_is_a_type_and_a_value_of_datex_ii(shared_data: Path, category: str) -> None:
    root = ET.parse(shared_data / SCHEMA).getroot()
    record, value = category.split("/")
    field = f"{record.removesuffix('Obstruction')}TypeEnum"
    fields = {"VehicleTypeEnum": "VehicleObstructionTypeEnum"}
    kind = root.find(f"xs:simpleType[@name='{fields.get(field, field)}']", XS)
    assert root.find(f"xs:complexType[@name='{record}']", XS) is not None
    assert kind is not None
    assert value in {each.get("value") for each in kind.iterfind(".//xs:enumeration", XS)}
