from __future__ import annotations

import pytest

from service.cost import estimate_cost


def test_a_thousand_images_cost_what_the_price_list_says() -> None:
    """Two seconds on one processor and 2 GiB for 2 MB in and 0.5 MB out: 0.143 dollars a thousand, worked by hand."""
    cost = estimate_cost(2.0, vcpu=1, gib=2, bytes_in=2_000_000, bytes_out=500_000)
    assert 1000 * float(cost["usd"]) == pytest.approx(0.143, abs=0.0005)
    assert 1000 * float(cost["compute_usd"]) == pytest.approx(0.058)
    assert 1000 * float(cost["egress_usd"]) == pytest.approx(0.060)
    parts = [float(cost[key]) for key in ("compute_usd", "operations_usd", "egress_usd")]
    assert float(cost["usd"]) == pytest.approx(sum(parts), abs=3e-9)


@pytest.mark.parametrize(("seconds", "billed"), [(0.0, 0.0), (0.01, 0.1), (0.1, 0.1), (0.11, 0.2), (2.3, 2.3)])
def test_time_is_billed_in_tenths_of_a_second(seconds: float, billed: float) -> None:
    """A begun tenth counts whole."""
    cost = estimate_cost(seconds, vcpu=2, gib=4, bytes_in=0, bytes_out=0)
    assert cost["vcpu_seconds"] == pytest.approx(2 * billed)
    assert cost["gib_seconds"] == pytest.approx(4 * billed)


def test_tenths_are_not_lost_to_binary_fractions() -> None:
    """Seconds that are whole tenths are billed as such, though their product with ten is a little more."""
    for tenths in range(1, 400):
        cost = estimate_cost(tenths / 10, vcpu=1, gib=1, bytes_in=0, bytes_out=0)
        assert cost["vcpu_seconds"] == pytest.approx(tenths / 10, abs=1e-9)


@pytest.mark.parametrize(
    ("more", "usd"), [({"requests": 1}, 0.4e-6), ({"writes": 1}, 5e-6), ({"reads": 1}, 0.4e-6), ({"requests": 0}, 0.0)]
)
def test_every_operation_has_its_price(more: dict[str, int], usd: float) -> None:
    """One call, one write and one read cost what the list says, and nothing costs nothing."""
    none = {"requests": 0, "writes": 0, "reads": 0}
    cost = estimate_cost(0, vcpu=1, gib=1, bytes_in=0, bytes_out=0, **{**none, **more})
    assert cost["usd"] == cost["operations_usd"] == pytest.approx(usd)


def test_what_is_kept_longer_costs_more_and_is_still_sent_once() -> None:
    """Storage grows with the days, of both files; what is downloaded is the result alone."""
    day, month = (
        estimate_cost(0, vcpu=1, gib=1, bytes_in=10**9, bytes_out=10**9, requests=0, writes=0, reads=0, days=days)
        for days in (1, 30)
    )
    assert month["operations_usd"] == pytest.approx(2 * 0.020)
    assert month["operations_usd"] == pytest.approx(30 * float(day["operations_usd"]), rel=1e-5)
    assert month["egress_usd"] == day["egress_usd"] == pytest.approx(0.12)
