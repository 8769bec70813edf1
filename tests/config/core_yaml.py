# Reads YAML as the programs and the editors do, by the core schema of YAML 1.2. PyYAML alone reads YAML 1.1, in which
# the key `on` is a truth and a MAC address may be a number to the base of 60.
import re

import yaml


class Loader(yaml.SafeLoader):
    """Knows true, false, null and numbers; whatever else is not quoted is a text."""
    yaml_implicit_resolvers = {}


for tag, form, first in [
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
]:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{form})$"), first)


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)
