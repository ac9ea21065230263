def main():
    xs = [i * 7 % 1000 for i in range(1000)]
    total = 0
    for i in range(5000):
        for j in range(len(xs)):
            if xs[j] > 500:
                total += xs[j]
    print(total)
main()
