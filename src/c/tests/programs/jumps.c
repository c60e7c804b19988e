/* goto, labels, and what UNP is written with. */
typedef void Sigfunc(int);
typedef int (*compare_t)(const void *, const void *);
Sigfunc *kept;
Sigfunc *remembered(int signo, Sigfunc *func) { Sigfunc *old = kept; kept = func; return signo ? old : NULL; }
void (*plain(int signo, void (*func)(int)))(int) { return signo ? func : SIG_IGN; }
void (*only_declared(int, void (*)(int)))(int);
int takes(Sigfunc *, char *, void (*)(int));
void handler(int signo) { signo = 0; }
int tries(int most)
{
    int n = 0;
again:
    n++;
    if (n < most)
        goto again;
    return n;
}
int find(int wanted)
{
    int i, j;
    for (i = 0; i < 10; i++) {
        for (j = 0; j < 10; j++)
            if (i * j == wanted) goto found;
    }
    return -1;
found:
    return i * 10 + j;
}
int cleanup(int step)
{
    int rc = 0;
    if (step == 1) { rc = 1; goto out; }
    switch (step) {
    case 2: rc = 2; goto out;
    default: rc = 9;
    retry:
        if (++rc < 12) goto retry;
    }
out:
    printf("out %d\n", rc);
    return rc;
end: ;
}
int main(void)
{
    int k = 0;
    printf("%d %d %d\n", tries(1), tries(100), find(42));
    int first = cleanup(1), second = cleanup(2), third = cleanup(3);
    printf("%d %d %d\n", first, second, third);
    if (k == 0) inner: k += 5;
    if (k < 20) goto inner;
    printf("%d\n", k);
    goto skip;
    printf("never\n");
skip: again: printf("%d\n", remembered(1, handler) == NULL);
    printf("%d\n", remembered(1, SIG_IGN) == handler);
    printf("%d\n", plain(1, handler) == handler);
    printf("%s\n", getenv("SOCKSTEP_NOT_SET") == NULL ? "none" : "some");
    return 0;
}
