/* #pragma pack. */
struct natural { char t; int len; short s; };
#pragma pack(1)
struct one { char t; int len; short s; };
struct around { char c; struct natural inner; char d; };
#pragma pack()
#pragma pack(push, 2)
struct two { char t; long len; char s; };
union half { char c; long l; };
#pragma pack(push)
#pragma pack(4)
struct four { char t; long len; char s; };
#pragma pack(pop)
struct two_again { char t; int len; };
#pragma pack(pop)
struct natural_again { char t; long len; };
#pragma pack(push, mine, 1)
struct named { char t; long len; };
#pragma pack(pop, mine)
struct last { char t; long len; };
#pragma once
#pragma GCC diagnostic ignored "-Wall"
int main(void)
{
    printf("%zu %zu %zu %zu\n", sizeof(struct natural), sizeof(struct one), sizeof(struct around), sizeof(struct two));
    printf("%zu %zu %zu %zu\n", sizeof(union half), sizeof(struct four), sizeof(struct two_again), sizeof(struct natural_again));
    printf("%zu %zu\n", sizeof(struct named), sizeof(struct last));
    struct one one; char *start = (char *)&one;
    printf("%d %d\n", (int)((char *)&one.len - start), (int)((char *)&one.s - start));
    return 0;
}
