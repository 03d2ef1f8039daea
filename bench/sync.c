/* How many records a second one file takes with one sync each: sync FILE SECONDS [DELAY_US]

   What a server does that syncs every write by itself, at its best: 1 KB appended, fdatasync, the next.
   DELAY_US is slept after each sync: a slower disk, as BANYAN_FAULT's "journal-sync~DELAY_US" makes it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("sync FILE SECONDS [DELAY_US]\n", stderr);
        return 2;
    }
    char       record[1024] = { 0 };
    int        fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int64_t    began_us = time_monotonic_us(), end_us = began_us + atoi(argv[2]) * (int64_t)1000000, now_us;
    useconds_t delay_us = argc > 3 ? (useconds_t)atoi(argv[3]) : 0;
    long       n = 0;
    do {
        if (fd < 0 || write(fd, record, sizeof record) != sizeof record || fdatasync(fd) != 0) {
            perror(argv[1]);
            return 6;
        }
        if (delay_us) usleep(delay_us);
        n++;
        now_us = time_monotonic_us();
    } while (now_us < end_us);
    printf("%.1f\n", (double)n * 1e6 / (double)(now_us - began_us));
    return close(fd);
}
