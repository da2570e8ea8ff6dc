"""Checks of what is deployed, by schemas that nobody here wrote. Reads stdin, answers JSON on stdout.

check.py yaml                     YAML as JSON
check.py objects <version> ...    objects for Kubernetes, those of KEDA among them, and where they break a version's schema
check.py values <schema>          where JSON values break a JSON Schema
"""

import json
import sys

import yaml


def objects(text, versions):
    documents = [each for each in yaml.safe_load_all(text) if each is not None]
    errors = []
    for each in documents:
        name = f"{each['kind']} {each['metadata']['name']}"
        if each["apiVersion"].startswith("keda.sh/"):
            errors += [f"{name}: {error}" for error in keda_errors(each)]
        else:
            errors += [f"{name}: {error}" for version in versions for error in kubernetes_errors(each, version)]
    return {"objects": documents, "errors": errors}


def kubernetes_errors(each, version):
    import kubernetes_validate

    wanted = kubernetes_validate.latest_version() if version == "latest" else version
    try:
        kubernetes_validate.validate(each, wanted, strict=True)
        return []
    except kubernetes_validate.ValidationError as error:
        return [f"{wanted}: {error.message}"]


def keda_errors(each):
    from cloudcoil.models.keda import v1alpha1

    try:
        read = getattr(v1alpha1, each["kind"]).model_validate(each)
    except ValueError as error:
        return [str(error)]
    known = read.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [] if known == each else [f"read as {json.dumps(known)}"]


def value_errors(values, schema):
    import jsonschema

    jsonschema.Draft7Validator.check_schema(schema)
    found = jsonschema.Draft7Validator(schema).iter_errors(values)
    return {"errors": [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]}


def main(what, *rest):
    text = sys.stdin.read()
    if what == "yaml":
        answer = yaml.safe_load(text)
    elif what == "objects":
        answer = objects(text, rest)
    else:
        with open(rest[0], encoding="utf-8") as file:
            answer = value_errors(json.loads(text), json.load(file))
    json.dump(answer, sys.stdout)


main(*sys.argv[1:])
