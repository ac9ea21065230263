import io
def main():
    n = 0
    for r in range(20):
        b = io.StringIO()
        for i in range(100000):
            b.write("hello")
            b.write(" ")
        n += len(b.getvalue())
    print(n)
main()
