/* Each way that C goes on. Nothing here depends on an order that C leaves open. */
#define LIMIT (3 + 4)
#define NAME "limit"
enum { RED, GREEN = 5, BLUE };
static int calls = 0;
int twice(int x);
static int count(void) { static int times = 10; int local = 5; local++; return ++times * 100 + local; }
int twice(int x) { calls++; return x + x; }
void nothing(void) { return; }
char *pick(int which) { if (which) return "yes"; return "no"; }
unsigned char narrow(int x) { return x; }
int classify(int x)
{
    switch (x) {
    case 0: return 100;
    case 1:
    case 2: x += 10; /* falls through */
    case -3: x++; break;
    default: x = -1;
    }
    return x;
}
enum { SO_OWN = 4 };
int main(int argc, char *argv[])
{
    int i, j, sum = 0, *shadow; { int SO_OWN = 9; shadow = &SO_OWN; printf("%d\n", *shadow); }
    printf("%d %zu %zu\n", SO_OWN, sizeof SO_OWN, sizeof AF_INET);
    for (i = 0; i < 10; i++) { if (i == 3) continue; if (i == LIMIT) break; sum += i; }
    printf("%s %d %d\n", NAME, i, sum);
    while (i--) if (i % 2) continue; else sum -= i;
    printf("%d %d\n", i, sum);
    do { sum++; if (sum > 3) break; } while (sum < 100);
    printf("%d\n", sum);
    for (i = 0, j = 10; i < j; i++, j--) ;
    printf("%d %d\n", i, j);
    for (i = -4; i < 4; i++) printf("%d ", classify(i));
    printf("\n%d %d\n", twice(twice(3)), twice(1) + twice(2)); printf("%d\n", calls);
    printf("%d %d\n", count(), 0); printf("%d\n", count());
    nothing();
    printf("%s %s %d\n", pick(1), pick(0), narrow(300));
    { int i = 77; { int i = 78; printf("%d ", i); } printf("%d ", i); }
    printf("%d\n", i);
    for (int k = 0; k < 2; k++) for (int k = 5; k < 7; k++) printf("%d ", k);
    printf("\n%d %d %d\n", RED, GREEN, BLUE);
    int x = 0;
    printf("%d %d %d\n", x++ || x++, x, x && (x = 0) || !x);
    printf("%d\n", (x = 5, x + 1));
    x += 2; x -= 1; printf("%d\n", x);
    x = i > 2 ? i > 3 ? 1 : 2 : 3; printf("%d\n", x);
    unsigned u = 1; if (u > -1) puts("greater"); else puts("not greater");
    printf("%d %s\n", argc > 0, argv[0] ? "named" : "nameless");
    switch (x) { case 1: { int y = 3; printf("%d\n", y); break; } case 9: puts("nine"); }
    for (;;) { switch (x++) { case 3: puts("three"); break; default: if (x < 9) continue; } break; }
    printf("%d\n", x);
    if (0) ; else if (0) puts("no"); else puts("else");
    return 0;
}
