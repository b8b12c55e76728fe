"""The files in deploy/ for several machines: sound for Kubernetes and Compose, and of one mind with the settings."""

import copy
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from app.settings import Settings
from ingest.sandbox.ray_cluster import ENVIRONMENT, address_of

ROOT = Path(__file__).parent.parent
KUBERNETES = "1.31"
MANIFESTS: list[dict[str, Any]] = [
    manifest
    for name in ("kubernetes.yaml", "kubernetes.milvus.yaml", "kubernetes.ray.yaml")
    for manifest in yaml.safe_load_all((ROOT / "deploy" / name).read_text(encoding="utf-8"))
]
COMPOSE: dict[str, Any] = yaml.safe_load(
    (ROOT / "deploy" / "compose.postgres.yaml").read_text(encoding="utf-8")
)
OVERLAY: dict[str, Any] = yaml.safe_load(
    (ROOT / "deploy" / "compose.milvus.yaml").read_text(encoding="utf-8")
)
RAY: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.ray.yaml").read_text(encoding="utf-8"))


COMPOSED = ("compose.yaml", *(f"deploy/compose.{name}.yaml" for name in ("postgres", "milvus", "ray")))
# The schema of the Compose specification, as the package carries it.
SPECIFICATION: Any = json.loads(
    (files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json").read_text("utf-8")
)


def composed(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the specification of every pod that the manifests make."""
    for one in MANIFESTS:
        spec = one["spec"]
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield one["metadata"]["name"], spec["template"]["spec"]


PODS = dict(pods())


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_a_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_a_wrong_manifest_is_refused() -> None:
    deployment = next(one for one in MANIFESTS if one["kind"] == "Deployment")
    mistyped, missing = copy.deepcopy(deployment), copy.deepcopy(deployment)
    mistyped["spec"]["replica"] = 2
    del missing["spec"]["selector"]
    for wrong in (mistyped, missing):
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


@pytest.mark.parametrize("name", COMPOSED)
def test_a_compose_file_is_what_the_specification_takes(name: str) -> None:
    assert composed(name)["services"]
    jsonschema.Draft202012Validator(SPECIFICATION).validate(composed(name))


def test_every_compose_file_is_looked_at() -> None:
    there = {
        path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("compose*"), *ROOT.glob("deploy/compose*"))
    }
    assert there == set(COMPOSED)


MISTAKES: dict[str, dict[str, Any]] = {
    "a key that does not exist": {"imagine": "postgres:15"},
    "a number for a list": {"volumes": 3},
    "a restart that is a switch": {"restart": True},
    "a dependency on no state": {"depends_on": {"postgres": {"condition": "service_happy"}}},
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_wrong_compose_file_is_refused(case: str) -> None:
    wrong = copy.deepcopy(COMPOSE)
    wrong["services"]["page"] |= MISTAKES[case]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SPECIFICATION).validate(wrong)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_no_rights_that_it_does_not_need(name: str) -> None:
    spec = PODS[name]
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] > 0
    assert spec["automountServiceAccountToken"] is False
    for container in spec["containers"]:
        rights = container["securityContext"]
        assert rights["allowPrivilegeEscalation"] is False and rights["capabilities"]["drop"] == ["ALL"]
        assert "memory" in container["resources"]["limits"]
        assert ":" in container["image"] and not container["image"].endswith(":latest")


@pytest.mark.parametrize("name", PODS)
def test_what_a_pod_mounts_is_there(name: str) -> None:
    claims = {one["metadata"]["name"] for one in MANIFESTS if one["kind"] == "PersistentVolumeClaim"}
    volumes = {volume["name"]: volume for volume in PODS[name].get("volumes", ())}
    stateful = [one for one in MANIFESTS if one["kind"] == "StatefulSet" and one["metadata"]["name"] == name]
    made = {claim["metadata"]["name"] for one in stateful for claim in one["spec"]["volumeClaimTemplates"]}
    for container in PODS[name]["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes.keys() | made
    assert {
        v["persistentVolumeClaim"]["claimName"] for v in volumes.values() if "persistentVolumeClaim" in v
    } <= claims


def test_services_and_budgets_find_their_pods() -> None:
    labels = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in MANIFESTS
        if one["kind"] in {"Deployment", "StatefulSet"}
    ]
    for one in MANIFESTS:
        if one["kind"] in {"Service", "PodDisruptionBudget"}:
            chosen = one["spec"]["selector"].get("matchLabels", one["spec"]["selector"])
            assert chosen in labels, one["metadata"]["name"]


def variables() -> Iterator[str]:
    for spec in PODS.values():
        for container in spec["containers"]:
            yield from (variable["name"] for variable in container["env"])
    for service in COMPOSE["services"].values():
        yield from service["environment"]


def test_every_variable_is_a_setting() -> None:
    ours = {name.removeprefix("PINCITE_").lower() for name in variables() if name.startswith("PINCITE_")}
    assert {"library", "library_folder", "log"} <= ours <= Settings.model_fields.keys()


def test_the_servers_ask_who_comes_and_are_probed() -> None:
    (container,) = PODS["pincite"]["containers"]
    names = {variable["name"] for variable in container["env"]}
    assert {"PINCITE_USER_HEADER", "PINCITE_TRUSTED_PROXIES"} <= names and "PINCITE_OPEN" not in names
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert next(one for one in MANIFESTS if one["kind"] == "Deployment")["spec"]["replicas"] >= 2
    assert next(one for one in MANIFESTS if one["kind"] == "CronJob")["spec"]["concurrencyPolicy"] == "Forbid"


def test_compose_keeps_the_password_out_of_every_url() -> None:
    services = COMPOSE["services"]
    assert services["page"]["ports"] == ["127.0.0.1:8501:8501"]
    for name in ("page", "ingest"):
        service = services[name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
        assert ":" not in service["environment"]["PINCITE_LIBRARY"].partition("://")[2].partition("@")[0]
        assert "POSTGRES_PASSWORD" in service["environment"]["PGPASSWORD"]
    mounted = {volume.split(":")[0] for one in services.values() for volume in one["volumes"]}
    assert mounted - {"../corpus"} <= COMPOSE["volumes"].keys()


def test_the_search_on_milvus_lies_over_the_library_on_postgres() -> None:
    services = OVERLAY["services"]
    assert services.keys() - COMPOSE["services"].keys() == {"milvus"}
    assert "ports" not in services["milvus"], "only the others reach it"
    assert not services["milvus"]["image"].endswith(":latest")
    for name in ("page", "ingest"):
        service = services[name]
        assert service["build"]["args"]["EXTRA"].split() == ["postgres", "milvus"]
        assert service["depends_on"]["milvus"]["condition"] == "service_healthy"
        assert Settings(search=service["environment"]["PINCITE_SEARCH"]).search
    assert {volume.split(":")[0] for volume in services["milvus"]["volumes"]} <= OVERLAY["volumes"].keys()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert "!lock/milvus.txt" in ignored and "COPY lock/postgres.txt lock/milvus.txt lock/" in (
        ROOT / "Dockerfile"
    ).read_text(encoding="utf-8")


def test_the_nodes_of_ray_are_closed_quiet_and_joined_by_the_ingest() -> None:
    services = RAY["services"]
    assert services.keys() - COMPOSE["services"].keys() == {"ray-head", "ray-worker"}
    for name in ("ray-head", "ray-worker"):
        assert "ports" not in services[name], "only the others reach it"
        assert services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"]
    for name in services:
        assert services[name]["environment"] == {
            **{
                variable: ENVIRONMENT[variable]
                for variable in ("RAY_USAGE_STATS_ENABLED", "RAY_USAGE_STATS_REPORT_URL")
            },
            "GRPC_ENABLE_FORK_SUPPORT": "0",
        }
    assert services["ingest"]["build"]["args"]["EXTRA"].split() == ["postgres", "ray"]
    assert address_of(services["ingest"]["command"][-1]) == "ray://ray-head:10001"
    assert "--ray-client-server-port=10001" in services["ray-head"]["command"]
    assert "--address=ray-head:6379" in services["ray-worker"]["command"]
    assert "!lock/ray.txt" in (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert "COPY lock/ray.txt lock/" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_nobody_but_the_ingest_reaches_ray() -> None:
    (policy,) = [one for one in MANIFESTS if one["kind"] == "NetworkPolicy"]
    (kept,) = policy["spec"]["podSelector"]["matchExpressions"]
    assert set(kept["values"]) == {"ray-head", "ray-worker"} <= PODS.keys()
    (rule,) = policy["spec"]["ingress"]
    (let_in,) = rule["from"]
    assert set(let_in["podSelector"]["matchExpressions"][0]["values"]) == {"ray-head", "ray-worker", "ingest"}
    (ingest,) = [one for one in MANIFESTS if one["kind"] == "CronJob"]
    assert ingest["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"] == {"app": "ingest"}


def test_the_image_takes_the_driver_from_a_lock() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert 'ARG EXTRA=""' in text
    assert "for one in ${EXTRA}" in text
    assert '--no-deps --require-hashes -r "lock/${one}.txt"' in text
    assert COMPOSE["services"]["page"]["build"]["args"] == {"EXTRA": "postgres"}
    assert "!lock/postgres.txt" in (ROOT / ".dockerignore").read_text(encoding="utf-8")
    lock = (ROOT / "lock" / "postgres.txt").read_text(encoding="utf-8")
    named = set(re.findall(r"^([a-z0-9-]+)==", lock, re.M))
    run = (ROOT / "lock" / "run.txt").read_text(encoding="utf-8")
    assert {"psycopg", "psycopg-binary"} <= named
    assert not named & set(re.findall(r"^([a-z0-9-]+)==", run, re.M)), "the default lock has them already"
    dev = (ROOT / "lock" / "dev.txt").read_text(encoding="utf-8")
    assert {line for line in lock.splitlines() if re.match("[a-z]", line)} <= set(dev.splitlines())
