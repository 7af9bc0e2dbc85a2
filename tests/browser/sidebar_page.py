"""What the tests of the sidebar find on the page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe


def side(page):
    return page.get_by_role("region", name="trackbook")


def listed(page):
    return side(page).get_by_role("grid", name="Runs")


def runs_in(page):
    return listed(page).get_by_role("gridcell")


def faults(page, where):
    """Return what axe finds against WCAG 2 A and AA in the sidebar."""
    rules = {"runOnly": ["wcag2a", "wcag2aa"]}
    answer = Axe().run(page, context="#trackbook-sidebar", options=rules)
    return [
        f"{where}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in answer.response["violations"]
        for node in one["nodes"][:3]
    ]
