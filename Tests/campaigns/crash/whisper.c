// whisper.c: stands in for whisper.cpp's program in the crash campaign: quick, and what it "hears"
// is a hash of the sound, so that a transcript tells which sound it was made from.
//
// Each sound that it hears is a line in the file `heard` beside the model.
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t hash_of(const char *path) {
    static unsigned char bytes[1 << 16];
    uint64_t hash = 14695981039346656037u;
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
        for (size_t each = 0; each < count; each++) hash = (hash ^ bytes[each]) * 1099511628211u;
    fclose(file);
    return hash;
}

int main(int count, char **words) {
    char log[PATH_MAX] = "", name[PATH_MAX], line[32];
    for (int each = 1; each + 1 < count; each++)
        if (strcmp(words[each], "-m") == 0) snprintf(log, sizeof log, "%s", words[each + 1]);
    char *end = strrchr(log, '/');
    if (!end || (size_t)(end - log) + sizeof "/heard" > sizeof log) return 3;
    memcpy(end, "/heard", sizeof "/heard");
    int heard = open(log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    for (int each = 1; each + 1 < count; each++) {
        if (strcmp(words[each], "-f") != 0) continue;
        uint64_t hash = hash_of(words[each + 1]);
        int length = snprintf(line, sizeof line, "%016" PRIx64 "\n", hash);
        if (write(heard, line, (size_t)length) != length) return 1;
        snprintf(name, sizeof name, "%s.json", words[each + 1]);
        FILE *json = fopen(name, "w");
        if (!json) return 1;
        fprintf(json, "{\"result\":{\"language\":\"en\"},\"transcription\":[{\"offsets\":"
                "{\"from\":0,\"to\":9000},\"text\":\" %016" PRIx64 "\"}]}\n", hash);
        if (fclose(json) != 0) return 1;
    }
    return 0;
}
