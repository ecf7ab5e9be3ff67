#pragma once

#if __cplusplus < 202002L
#error "Cresset's headers are C++20: compile with -std=c++20"
#endif

// On what the library offers; everything else in it stays hidden.
#define CRESSET_EXPORT __attribute__((visibility("default")))
