/* Pointers, arrays, structs and their initialisers. */
struct point { int x, y; };
struct line { struct point from, to; char name[8]; };
union both { int number; unsigned char bytes[4]; };
typedef struct { short kind; struct point *at; } mark_t;
struct node { int value; struct node *next; };
typedef unsigned char byte;
struct point origin = { 1, 2 };
int table[] = { [2] = 7, 8, [0] = 5 };
int grid[2][3] = { { 1, 2, 3 }, { 4, 5 } };
int flat[2][2] = { 1, 2, 3, 4 };
char *words[] = { "one", "two", "three" };
void move(struct point *p, int by) { p->x += by; (*p).y -= by; }
int total(int values[], int n) { int t = 0; while (n-- > 0) t += *values++; return t; }
struct point mirrored(struct point p) { int t = p.x; p.x = p.y; p.y = t; return p; }
struct sockaddr_in make_address(const char *ip, int port)
{
    struct sockaddr_in made = { .sin_family = AF_INET, .sin_port = htons(port) };
    inet_pton(AF_INET, ip, &made.sin_addr);
    return made;
}
int main(void)
{
    struct line l = { { 1, 2 }, .to = { .y = 9 }, "abc" }, m = { 1, 2, 3, 4, "x" }, n = { .to.x = 5 };
    printf("%d %d %d %d %s\n", l.from.x, l.from.y, l.to.x, l.to.y, l.name);
    printf("%d %d %s %d %d\n", m.to.x, m.to.y, m.name, n.from.x, n.to.x);
    m = l; m.to.x = 42; l.from = m.to;
    printf("%d %d %s\n", l.from.x, l.to.x, m.name);
    struct point *p = &l.to; move(p, 3); move(&origin, 1);
    printf("%d %d %d %d\n", p->x, l.to.y, origin.x, origin.y);
    printf("%zu %zu %zu %zu\n", sizeof table, sizeof l, sizeof(struct line), sizeof(mark_t));
    printf("%d %d %d %d\n", table[0], table[1], table[2], table[3]);
    printf("%d %d %d %zu\n", grid[1][1], grid[1][2], grid[0][2], sizeof grid[0]);
    printf("%d %d\n", flat[1][0], *(*(flat + 1) + 1));
    printf("%s %c %zu\n", words[1], words[2][3], sizeof words / sizeof words[0]);
    printf("%d\n", total(table, 4));
    union both b = { 0x01020304 };
    printf("%d %d %d\n", b.bytes[0], b.bytes[3], (int)sizeof b);
    b.bytes[1] = 0xff; printf("%x\n", b.number);
    char text[] = "hello", rest[8] = "hi", exact[3] = "abc", *q = text;
    printf("%zu %zu %d %d\n", sizeof text, sizeof rest, rest[7], exact[2]);
    while (*q) *q++ -= 32;
    printf("%s %ld\n", text, (long)(q - text));
    int *end = &table[4]; int *start = table;
    printf("%ld\n", (long)(end - start)); printf("%d %d %d\n", *--end, *(start + 1), start[2]);
    mark_t k = { 3, &origin }; k.at->x = 99; printf("%d %d\n", origin.x, k.kind);
    struct node third = { 3, NULL }, second = { 2, &third }, first = { 1, &second };
    for (struct node *at = &first; at; at = at->next) printf("%d ", at->value);
    printf("\n%d\n", first.next->next->value);
    struct point *anew = &(struct point){ .y = 4 }; anew->x++;
    printf("%d %d %d\n", anew->x, anew->y, ((struct point){ 8, 9 }).y);
    int *numbers = (int[]){ 1, 2, 3 }; printf("%d\n", numbers[2]);
    struct point many[2] = { { 1, 2 }, { 3, 4 } }, *last = many + 1;
    printf("%d %d %ld\n", last->x, (last - 1)->y, (long)((char *)last - (char *)many));
    byte raw[4] = { 1, 2, 3, 4 }; printf("%u\n", *(unsigned *)raw);
    void *any = raw; printf("%d %d\n", *(char *)any, ((byte *)any)[3]);
    const int fixed = 5; int sized[3 * 2]; printf("%d %zu\n", fixed, sizeof sized);
    struct sockaddr_in a = { AF_INET, htons(8080), { htonl(INADDR_LOOPBACK) } }, c;
    c = a; c.sin_port = htons(81);
    printf("%d %x %s %d\n", ntohs(a.sin_port), a.sin_addr.s_addr, inet_ntoa(c.sin_addr), ntohs(c.sin_port));
    struct sockaddr *general = (struct sockaddr *)&a;
    printf("%d %d %d\n", general->sa_family, (unsigned char)general->sa_data[0], (unsigned char)general->sa_data[1]);
    struct { int a; char b; } anonymous = { 1, 'x' }; printf("%d %c\n", anonymous.a, anonymous.b);
    int i = 0, v[3] = { 0 }; v[i++] += 5; printf("%d %d %d\n", i, v[1], v[2]);
    char two[2][4] = { "ab", "cd" }; printf("%s %s\n", two[0], two[1]);
    struct point pair = { 3, 4 }, turned = mirrored(pair);
    printf("%d %d %d %d\n", pair.x, turned.x, mirrored(mirrored(pair)).x, mirrored(turned).y);
    struct sockaddr_in made = make_address("10.0.0.7", 99);
    printf("%s %d\n", inet_ntoa(made.sin_addr), ntohs(make_address("1.2.3.4", 5).sin_port));
    return 0;
}
