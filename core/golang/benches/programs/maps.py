def main():
    m = {}
    for i in range(1000000):
        k = "key" + str(i % 5000)
        m[k] = m.get(k, 0) + i
    print(len(m), m["key42"])
main()
