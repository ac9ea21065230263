import json


def main():
    items = [
        {"name": "item", "count": i, "tags": ["a", "b", "c"], "meta": {"k": "v", "x": "y"}}
        for i in range(50)
    ]
    n = 0
    for _ in range(100):
        data = json.dumps(items, separators=(",", ":"))
        back = json.loads(data)
        n += len(data) + len(back)
    print(n)


main()
