"""Documentation and code say the same."""

import ast
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from emulator.faults import KINDS
from emulator.settings import knobs, variable

ROOT = Path(__file__).parent.parent


def names_of_tests():
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= {
            node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        }
    return found


def rows(text):
    for line in text.splitlines():
        if line.startswith("|") and not set(line) <= set("|- "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_row_of_fidelity_has_a_label_and_a_test_that_exists():
    known = names_of_tests()
    counted = 0
    for cells in rows((ROOT / "FIDELITY.md").read_text("utf-8")):
        if cells[0] == "behaviour" or cells[-1] == "—":
            continue
        counted += 1
        assert cells[1] in ("documented", "observed", "inferred"), cells
        assert cells[2].strip("`") in known, f"no such test: {cells[2]}"
    assert counted > 20


def section(name):
    text = (ROOT / "README.md").read_text("utf-8")
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL).group(1)


def settings_table():
    lines = ["| flag | variable | default | |", "|---|---|---|---|"]
    for knob in knobs():
        default = "" if knob.default in ((), None, "") else f"`{str(knob.default).lower()}`"
        flag = f"`--{knob.name.replace('_', '-')}`"
        lines.append(f"| {flag} | `{variable(knob.name)}` | {default} | {knob.metadata['help']} |")
    return "\n".join(lines) + "\n"


def test_the_readme_lists_every_setting():
    assert section("settings") == settings_table()


def test_the_vocabulary_is_documented():
    from emulator.imaging.vocabulary import OPERATIONS, table

    assert (ROOT / "docs" / "reference" / "vocabulary.md").read_text("utf-8").endswith("\n\n" + table().rstrip() + "\n")
    assert section("vocabulary") == ", ".join(f"`{word.name}`" for word in OPERATIONS) + "\n"


def faults_table():
    lines = ["| written | what it does |", "|---|---|", "| `ok` | Nothing: the request passes. |"]
    for kind in KINDS:
        written = kind.WRITTEN.replace("|", "\\|")
        lines.append(f"| `{written}` | {' '.join((kind.__doc__ or '').split())} |")
    return "\n".join(lines) + "\n"


FAULTS = """# Faults

How each fault is written, in plans, rules, `X-Emulator-Fault` and marks of a prompt. Several stand with `;` between:
`latency 0.2; 503`. How to order them: [make things go wrong](../how-to/faults.md).

"""


def test_every_fault_is_documented():
    assert (ROOT / "docs" / "reference" / "faults.md").read_text("utf-8") == FAULTS + faults_table()


def test_documents_name_files_that_exist():
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            assert target.startswith("http") or (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_tutorials_test_passes(tmp_path):
    text = (ROOT / "docs" / "tutorial" / "first-edit.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code = blocks[0] + "\nPICTURE = Path('fixtures/images/harbour.png').read_bytes()\n" + blocks[1]
    (tmp_path / "test_first_edit.py").write_text(code)
    installed = entry_points(group="pytest11", name="image-edit-emulator")
    plugin = [] if installed else ["-p", "emulator.pytest_plugin"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *plugin,
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_architecture_is_short():
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 60
    assert len((ROOT / "Makefile").read_text("utf-8").splitlines()) <= 40


def test_nothing_in_the_repository_names_a_registry_host_or_this_machine():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    hosts = re.compile("pypi" + r"\.org|python" + r"hosted|registry\.npm" + "js|/ro" + "ot/|/wo" + "rk/")
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in (".png", ".jpg") or not path.is_file():
            continue
        assert not hosts.search(path.read_text("utf-8")), name


if __name__ == "__main__":  # writes the derived tables anew: python tests/test_docs.py
    readme = ROOT / "README.md"
    text = re.sub(
        r"(<!-- settings -->\n).*?(<!-- /settings -->)",
        lambda found: found[1] + settings_table() + found[2],
        readme.read_text("utf-8"),
        flags=re.DOTALL,
    )
    readme.write_text(text, "utf-8")
    (ROOT / "docs" / "reference" / "faults.md").write_text(FAULTS + faults_table(), "utf-8")
