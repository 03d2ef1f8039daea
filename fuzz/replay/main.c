/* Runs a fuzz target over the files of a folder, without libFuzzer: NAME corpus-folder.
   An empty or missing corpus is an error, so that a replay which saw nothing does not pass. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return 1;
    }
    long n = ftell(file);
    rewind(file);
    /* Exactly n bytes, so that a read past the end is seen. */
    uint8_t *bytes = malloc(n > 0 ? (size_t)n : 1);
    if (!bytes || fread(bytes, 1, (size_t)n, file) != (size_t)n) {
        perror(path);
        return 1;
    }
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, (size_t)n);
    free(bytes);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "%s: no corpus at %s\n", argv[0], argc == 2 ? argv[1] : "(not said)");
        return 2;
    }
    int seen = 0, bad = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        bad += replay_file(path);
        seen++;
    }
    closedir(folder);
    printf("%s: %d inputs replayed\n", argv[1], seen);
    return bad || !seen;
}
