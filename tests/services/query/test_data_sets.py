"""Queries answered from data sets in memory: the models of objects that are of no patient, and others."""

import pytest

from tests.services.query.archives import ask, asking, made, names
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find_scp import FindRequest, FindScp
from workbench.services.query.models import (
    COLOR_PALETTE,
    DEFINED_PROCEDURE_PROTOCOL,
    GENERIC_IMPLANT_TEMPLATE,
    HANGING_PROTOCOL,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    INVENTORY,
    PROTOCOL_APPROVAL,
    STUDY_ROOT,
    SUBSTANCE_APPROVAL,
    SUBSTANCE_PRODUCT_CHARACTERISTICS,
    Model,
)

# Model -> an attribute of its objects, by which they are looked for.
KEYS = {
    HANGING_PROTOCOL: "HangingProtocolName",
    COLOR_PALETTE: "ContentLabel",
    GENERIC_IMPLANT_TEMPLATE: "ImplantName",
    IMPLANT_ASSEMBLY_TEMPLATE: "ImplantAssemblyTemplateName",
    IMPLANT_TEMPLATE_GROUP: "ImplantTemplateGroupName",
    DEFINED_PROCEDURE_PROTOCOL: "ProtocolName",
    PROTOCOL_APPROVAL: "Manufacturer",
    INVENTORY: "InventoryPurpose",
    SUBSTANCE_PRODUCT_CHARACTERISTICS: "ProductPackageIdentifier",
    SUBSTANCE_APPROVAL: "ProductName",
}


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.name)
async def test_each_model_of_one_level_is_queried(model: Model) -> None:
    keyword = KEYS[model]
    data_sets = [made(SOPInstanceUID=f"1.2.{n}", **{keyword: f"NAME {n}"}) for n in range(3)]
    scp = FindScp([model], data_set_provider(data_sets))
    async with asking(scp, [model]) as association:
        matches, result = await ask(association, model, made(SOPInstanceUID="", **{keyword: "*2"}))
        assert names(matches, "SOPInstanceUID") == ["1.2.2"]
        assert names(matches, keyword) == ["NAME 2"]
        assert result.status == 0
        matches, _ = await ask(association, model, made(SOPInstanceUID=["1.2.0", "1.2.1"]))
        assert names(matches, "SOPInstanceUID") == ["1.2.0", "1.2.1"]


async def test_the_source_may_change_and_may_depend_on_the_request() -> None:
    protocols = [made(SOPInstanceUID="1.2.1", HangingProtocolName="A")]
    asked: list[str] = []

    def source(request: FindRequest) -> object:
        asked.append(request.incoming.association.calling_ae_title)
        return protocols

    scp = FindScp([HANGING_PROTOCOL], data_set_provider(source))  # type: ignore[arg-type]
    async with asking(scp, [HANGING_PROTOCOL]) as association:
        first, _ = await ask(association, HANGING_PROTOCOL, made(SOPInstanceUID=""))
        protocols.append(made(SOPInstanceUID="1.2.2"))
        second, _ = await ask(association, HANGING_PROTOCOL, made(SOPInstanceUID=""))
    assert (len(first), len(second), asked) == (1, 2, ["TESTER", "TESTER"])


async def test_a_model_with_levels_tells_the_level() -> None:
    scp = FindScp([STUDY_ROOT], data_set_provider([made(StudyInstanceUID="1.2")]))
    async with asking(scp, [STUDY_ROOT]) as association:
        (match,), _ = await ask(association, STUDY_ROOT, made(QueryRetrieveLevel="STUDY", StudyInstanceUID=""))
    assert match.data_set == made(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2")


async def test_a_whole_data_set_is_returned_if_that_is_wanted() -> None:
    stored = made(SpecificCharacterSet="ISO_IR 192", PatientName="山田", StudyInstanceUID="1.2")
    scp = FindScp([HANGING_PROTOCOL], data_set_provider([stored], is_projected=False))
    async with asking(scp, [HANGING_PROTOCOL]) as association:
        (match,), _ = await ask(association, HANGING_PROTOCOL, made(StudyInstanceUID=""))
    assert match.data_set == stored
