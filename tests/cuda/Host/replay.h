// A program that does the launches of a trace (HostReplay.cs) again, on buffers of their own from malloc, so that the address sanitizer sees
// every access beside one.
#pragma once
#include <stdio.h>

namespace host {
inline long number(FILE* file) {
  long value;
  if (fread(&value, sizeof value, 1, file) != 1) exit(3);
  return value;
}
inline void fill(void* target, size_t bytes, FILE* file) {
  if (bytes && fread(target, 1, bytes, file) != bytes) exit(3);
}
}

int main(int, char** arguments) {
  FILE* file = fopen(arguments[1], "rb");
  if (!file) return 3;
  for (int next; (next = fgetc(file)) != EOF;) {
    ungetc(next, file);
    long length = host::number(file), x = host::number(file), y = host::number(file), threads = host::number(file), shared = host::number(file);
    long buffers = host::number(file), count = host::number(file);
    char name[64] = {};
    if (length >= 64) return 3;
    host::fill(name, length, file);
    void** memory = (void**)malloc(buffers * sizeof(void*));
    for (long k = 0; k < buffers; k++) {
      long bytes = host::number(file);
      memory[k] = malloc(bytes);
      host::fill(memory[k], bytes, file);
    }
    long values[64];
    void* addresses[64];
    for (long k = 0; k < count; k++) {
      long buffer = host::number(file), value = host::number(file);
      values[k] = buffer < 0 ? value : (long)memory[buffer] + value;
      addresses[k] = &values[k];
    }
    for (int last_first = 0; last_first < 2; last_first++)
      for (int k = 0; k < host::count; k++)
        if (!strcmp(host::named[k].name, name) && host::named[k].launch(x, y, threads, shared, last_first, addresses, count) != 0) {
          fprintf(stderr, "%s failed\n", name);
          return 4;
        }
    for (long k = 0; k < buffers; k++) free(memory[k]);
    free(memory);
  }
  return 0;
}
