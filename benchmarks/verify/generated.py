"""Clean flows by the dozen: parts that real flows are made of, strung together at random."""

from __future__ import annotations

import random

from benchmarks.verify.documents import Source, source_from

# ``@`` is a number of its own for each part, ``NEXT`` the node behind it, ``LOW`` and ``HIGH`` are
# numbers. Variables, rules and nodes are divided by lines of dashes.
PARTS: dict[str, str] = {
    "choice": """\
  size_@: {type: string, values: [small, large, huge]}
---
---
  ask_size_@:
    type: question
    text: Which size?
    choices: [small, large, huge]
    variable: size_@
    retries: 1
    next: route_@
    on: {fallback: person}
  route_@:
    type: condition
    branches:
      - {if: "size_@ == 'small'", to: small_@}
      - {if: "size_@ == 'large'", to: large_@}
    else: huge_@
  small_@: {type: message, text: "Small, then.", next: NEXT}
  large_@: {type: message, text: "Large, then.", next: NEXT}
  huge_@: {type: message, text: "The biggest we have.", next: NEXT}
""",
    "age": """\
  age_@: {type: int, minimum: 0, maximum: 130}
---
---
  ask_age_@:
    type: question
    text: How old are you?
    input: integer
    minimum: 0
    maximum: 130
    variable: age_@
    retries: 1
    next: old_enough_@
    on: {fallback: person}
  old_enough_@:
    type: condition
    branches:
      - {if: "age_@ < LOW", to: child_@}
      - {if: "age_@ < HIGH", to: adult_@}
    else: senior_@
  child_@: {type: message, text: "Ask your parents.", next: bye}
  adult_@: {type: message, text: "The full price.", next: NEXT}
  senior_@: {type: message, text: "Half the price.", next: NEXT}
""",
    "code": """\
  code_@: string
  tries_@: {type: int, default: 0, minimum: 0}
---
---
  ask_code_@:
    type: question
    text: What is your code?
    variable: code_@
    next: check_@
  check_@:
    type: condition
    branches: [{if: "code_@ == 'open'", to: right_@}]
    else: count_@
  count_@: {type: set, actions: [{increment: tries_@}], next: enough_@}
  enough_@:
    type: condition
    branches: [{if: "tries_@ < 3", to: again_@}]
    else: person
  again_@: {type: message, text: "That is not it.", next: ask_code_@}
  right_@: {type: message, text: "Thank you.", next: NEXT}
""",
    "service": """\
  stock_@: {type: string, values: [many, few, none]}
  failed_@: {type: int, default: 0, minimum: 0}
---
---
  look_@:
    type: http
    method: GET
    url: "https://api.example.com/stock/@"
    headers: {Authorization: "Bearer {{secret:shop_token}}"}
    timeout: 10s
    save: {stock_@: response.body.stock}
    success: stocked_@
    error: failed_@
  failed_@: {type: set, actions: [{increment: failed_@}], next: often_@}
  often_@:
    type: condition
    branches: [{if: "failed_@ < 2", to: pause_@}]
    else: person
  pause_@: {type: delay, duration: 1m, next: look_@}
  stocked_@:
    type: condition
    branches:
      - {if: "stock_@ == 'many'", to: many_@}
      - {if: "stock_@ == 'few'", to: few_@}
    else: none_@
  many_@: {type: message, text: "There is plenty.", next: NEXT}
  few_@: {type: message, text: "Be quick.", next: NEXT}
  none_@: {type: message, text: "Sold out, sorry.", next: bye}
""",
    "consent": """\
  agreed_@: {type: bool, default: false}
  charge_@: {type: int, default: 0, minimum: 0}
---
  terms_@: {first: {at: pay_@, if: "agreed_@"}, before: paid_@}
  consent_@: {never: "!agreed_@", at: pay_@}
  once_@: {at_most: 1, times: paid_@}
---
  price_@: {type: set, actions: [{set: charge_@, to: LOW}], next: agree_@}
  agree_@:
    type: question
    text: "That is {{ charge_@ }} euros. Do you agree?"
    input: boolean
    variable: agreed_@
    retries: 1
    next: agreeing_@
    on: {fallback: person}
  agreeing_@:
    type: condition
    branches: [{if: agreed_@, to: pay_@}]
    else: NEXT
  pay_@:
    type: http
    method: POST
    url: https://pay.example.com/charges
    headers: {Authorization: "Bearer {{secret:pay_token}}"}
    body: {amount: "{{ charge_@ }}"}
    timeout: 10s
    retries: 2
    success: paid_@
    error: unpaid_@
  paid_@: {type: message, text: "It is paid.", next: NEXT}
  unpaid_@: {type: message, text: "That did not work.", next: bye}
""",
    "email": """\
  name_@: {type: string, pii: true}
  email_@: {type: string, pii: true}
---
---
  ask_name_@: {type: question, text: "What is your name?", variable: name_@, next: ask_email_@}
  ask_email_@:
    type: question
    text: "{{ name_@ }}, what is your email address?"
    input: email
    variable: email_@
    retries: 2
    timeout: 10m
    next: write_@
    on: {fallback: person, timeout: late_@}
  write_@:
    type: action
    action: send_email
    with: {to: "{{ email_@ }}", name: "{{ name_@ }}"}
    next: NEXT
    on: {error: person}
  late_@: {type: message, text: "Until later.", next: bye}
""",
    "loop": """\
  items_@: {type: list, default: [tea, cake, milk]}
  kept_@: {type: list, default: []}
  keep_@: bool
---
---
  each_@:
    type: loop
    each: items_@
    item: item_@
    limit: 10
    next: total_@
    on: {limit: person}
    start: ask_keep_@
    nodes:
      ask_keep_@:
        type: question
        text: "Keep the {{ item_@ }}?"
        input: boolean
        variable: keep_@
        retries: 1
        next: keeping_@
        on: {fallback: skip_@}
      keeping_@:
        type: condition
        branches: [{if: keep_@, to: keep_it_@}]
        else: skip_@
      keep_it_@: {type: set, actions: [{append: kept_@, value: "{{ item_@ }}"}], next: skip_@}
      skip_@: {type: continue}
  total_@: {type: message, text: "You keep {{ kept_@.join(', ') }}.", next: NEXT}
""",
    "regions": """\
  wish_@: {type: string, values: [tea, water]}
  bean_@: {type: string, default: none}
---
---
  both_@:
    type: parallel
    join: all
    regions:
      talk:
        start: ask_wish_@
        nodes:
          ask_wish_@:
            type: question
            text: Tea or water?
            choices: [tea, water]
            variable: wish_@
            next: told_@
          told_@: {type: leave}
      work:
        start: bean_look_@
        nodes:
          bean_look_@:
            type: http
            url: https://api.example.com/beans
            timeout: 5s
            save: {bean_@: response.body.bean}
            success: found_@
            error: missing_@
          missing_@: {type: set, actions: [{set: bean_@, to: unknown}], next: found_@}
          found_@: {type: leave}
    next: mixed_@
  mixed_@: {type: message, text: "{{ wish_@ }} with {{ bean_@ }}", next: NEXT}
""",
    "arms": """\
---
---
  split_@:
    type: split
    arms:
      - {name: old, weight: 50, to: old_@}
      - {name: new, weight: 50, to: new_@}
  old_@: {type: message, text: "As ever.", next: NEXT}
  new_@: {type: message, text: "Brand new!", next: NEXT}
""",
    "inner": """\
  street_@: string
---
---
  address_@:
    type: subflow
    flow: address.yaml
    inputs: {country: Spain}
    save: {street_@: output.street}
    on: {told: sent_@, unknown: person}
  sent_@: {type: message, text: "We send it to {{ street_@ }}.", next: NEXT}
""",
    "approval": """\
---
---
  approve_@:
    type: approval
    request: May we do that?
    timeout: 1h
    next: approved_@
    on: {rejected: refused_@, timeout: person}
  approved_@: {type: message, text: "You may.", next: NEXT}
  refused_@: {type: message, text: "You may not.", next: bye}
""",
    "sum": """\
  count_@: {type: int, minimum: 1, maximum: 9}
  price_@: {type: int, default: 0}
---
  paying_@: {always: "price_@ >= 0"}
---
  ask_count_@:
    type: question
    text: How many?
    input: integer
    minimum: 1
    maximum: 9
    variable: count_@
    retries: 1
    next: multiply_@
    on: {fallback: person}
  multiply_@: {type: set, actions: [{set: price_@, to: "{{ count_@ * LOW }}"}], next: dear_@}
  dear_@:
    type: condition
    branches: [{if: "price_@ > HIGH", to: discount_@}]
    else: plain_@
  discount_@:
    type: set
    actions: [{increment: price_@, by: -5}]
    next: told_price_@
  plain_@: {type: message, text: "No discount.", next: told_price_@}
  told_price_@: {type: message, text: "{{ price_@ }} euros.", next: NEXT}
""",
}

ADDRESS = """\
statewright: 1
start: ask
variables:
  country: {type: string, input: true}
  street: string
nodes:
  ask: {type: question, text: "Which street in {{ country }}?", variable: street, next: known}
  known:
    type: condition
    branches: [{if: "street == '?'", to: lost}]
    else: bye
  lost: {type: end, outcome: unknown}
  bye: {type: end, outcome: told}
"""

HEADER = """\
statewright: 1
id: generated
start: hello
variables:
VARIABLESrules:
RULES  answered: {whenever: hello, leads_to: [bye, person]}
nodes:
  hello: {type: message, text: "Hello!", next: FIRST}
NODES  person: {type: handoff, to: {team: support}, text: "A colleague takes over."}
  bye: {type: end, text: "Bye!"}
"""

PRICES = {"age": (13, 65), "sum": (4, 20)}
"""Part → what ``LOW`` and ``HIGH`` stand for."""


def generated(seed: int, parts: int = 4) -> Source:
    """A clean flow: so many different parts, in some order."""
    names = random.Random(seed).sample(sorted(PARTS), parts)
    first = _first(PARTS[names[0]], 0)
    variables, rules, nodes = "", "", ""
    for number, name in enumerate(names):
        behind = _first(PARTS[names[number + 1]], number + 1) if number + 1 < parts else "bye"
        low, high = PRICES.get(name, (9, 99))
        text = PARTS[name].replace("NEXT", behind).replace("@", str(number))
        text = text.replace("LOW", str(low)).replace("HIGH", str(high))
        own, ruled, drawn = text.split("---\n")
        variables, rules, nodes = variables + own, rules + ruled, nodes + drawn
    text = HEADER.replace("VARIABLES", variables).replace("RULES", rules)
    text = text.replace("NODES", nodes).replace("FIRST", first)
    beside = {"address.yaml": ADDRESS} if "inner" in names else {}
    return source_from(f"generated-{seed}", text, beside)


def _first(part: str, number: int) -> str:
    """The id of the first node of a part."""
    nodes = part.split("---\n")[2]
    return nodes.partition(":")[0].strip().replace("@", str(number))
