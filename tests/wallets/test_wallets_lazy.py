"""Nobody who uses no wallet pays for the cryptography."""

CODE = """
import sys
from starlette.testclient import TestClient
from emulator.app import build_app
from emulator.settings import Settings
from emulator.wallets import BASE
heavy = ("coincurve", "Crypto", "solders", "nacl")
with TestClient(build_app(Settings())) as client:
    assert client.get("/api/v1/models").status_code == 200
    assert client.post("/api/v1/image/edit").status_code == 402
    print([name for name in heavy if name in sys.modules])
    assert client.post("/api/v1/x402/top-up", headers={"X-PAYMENT": "e30="}).status_code == 400
    assert client.post("/api/v1/image/edit", headers={"SIGN-IN-WITH-X": "e30="}).status_code == 401
    print([name for name in heavy if name in sys.modules])
"""


def test_the_cryptography_is_loaded_with_the_first_wallet(run_python):
    before, after = run_python(CODE).splitlines()
    assert before == "[]"
    assert "coincurve" in after and "solders" in after
