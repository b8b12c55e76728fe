"""Print the circles among the modules of the four packages, lazy and type-only imports included.

python tools/import_circles.py            0 circles: exit 0; else each is printed, exit 1
python tools/import_circles.py --rooms    also those among the folders and files at the top of a package
"""

import argparse
import sys

import grimp
import networkx

PACKAGES = ("app", "evals", "index", "ingest")


def import_graph() -> "networkx.DiGraph[str]":
    """Return the imports between modules: nodes are dotted names, an edge leads to what is imported."""
    imports = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(imports.modules)
    for module in imports.modules:
        graph.add_edges_from((module, other) for other in imports.find_modules_directly_imported_by(module))
    return graph


def rooms(graph: "networkx.DiGraph[str]") -> "networkx.DiGraph[str]":
    """Return the same imports between the entries at the top of each package, folders taken as one."""
    folded: networkx.DiGraph[str] = networkx.DiGraph()
    for one, other in graph.edges:
        here, there = ".".join(one.split(".")[:2]), ".".join(other.split(".")[:2])
        if here != there:
            folded.add_edge(here, there)
    return folded


def circles(graph: "networkx.DiGraph[str]") -> list[list[str]]:
    """Return each set of nodes that reach one another, sorted by name."""
    found = networkx.strongly_connected_components(graph)
    return sorted(sorted(group) for group in found if len(group) > 1)


def main() -> int:
    """Print the circles; 1 if there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rooms", action="store_true", help="folders as well as modules")
    graph = import_graph()
    found = circles(graph) + (circles(rooms(graph)) if parser.parse_args().rooms else [])
    for group in found:
        print(" <-> ".join(group))
    print(f"{graph.number_of_nodes()} modules, {graph.number_of_edges()} imports, {len(found)} circles")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
