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
