"""Every schema of the served documents compiles; at run time each does at its first use."""

import pytest

from emulator.contract import Document
from emulator.data import data_path


@pytest.mark.parametrize("name", ["venice", "openai", "magic-hour", "control"])
def test_every_schema_compiles(name):
    document = Document(data_path("openapi", f"{name}.yaml"))
    checks = [check for one in document.operations.values() for check in one.bodies.values()]
    for operation in document.operations.values():
        checks += [parameter.check for parameter in operation.parameters]
        checks += [check for one in operation.responses.values() for check in one.content.values() if check]
    checks += [document.component(component) for component in document.data["components"]["schemas"]]
    assert len(checks) > 20
    for check in checks:
        check.compile()
