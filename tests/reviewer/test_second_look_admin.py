from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from reviewer.models import SecondLookRule
from tests.factories import make_tenant, make_user
from tests.reviewer.second_looking import make_rule

pytestmark = pytest.mark.django_db
LIST = "admin:reviewer_secondlookrule_changelist"
ADD = "admin:reviewer_secondlookrule_add"


def given(**more: object) -> dict[str, object]:
    costs = {"loss": "4", "look_cost": "0.10", "wait_minutes": 60}
    return {"document_type": "", "slot": "total", **costs, **more}


def test_an_admin_writes_rules_of_their_own_tenant_only(client: Client) -> None:
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    make_rule(tenant=meadow, slot="secret")
    client.force_login(make_user("adam", harbour, "admin", is_staff=True))
    html = client.get(reverse(LIST)).content.decode()
    assert "secret" not in html

    for tenant in ("", str(meadow.pk)):
        refused = client.post(reverse(ADD), given(tenant=tenant))
        assert refused.status_code == 200
    assert client.post(reverse(ADD), given(tenant=harbour.pk)).status_code == 302
    rule = SecondLookRule.objects.get(tenant=harbour)
    html = client.get(reverse(LIST)).content.decode()
    assert "35%, as is believed: nothing is measured here yet" in html
    assert (rule.loss, rule.look_cost) == (4_000_000, 100_000)
    assert "4.00 USD" in html
    change = reverse("admin:reviewer_secondlookrule_change", args=[rule.pk])
    form = client.get(change).content.decode()
    assert 'value="4.00"' in form
    assert 'value="0.10"' in form


def test_an_operator_writes_rules_for_all(client: Client) -> None:
    client.force_login(make_user("olive", is_staff=True, is_superuser=True))
    assert client.post(reverse(ADD), given(tenant="")).status_code == 302
    assert SecondLookRule.objects.get().tenant is None
    # The same rule once.
    assert client.post(reverse(ADD), given(tenant="")).status_code == 200


def test_a_reviewer_sees_none_of_it(client: Client) -> None:
    client.force_login(make_user("rita", make_tenant("harbour"), is_staff=True))
    assert client.get(reverse(ADD)).status_code == 403
