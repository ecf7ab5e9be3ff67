#pragma once

// On what the library offers; everything else in it stays hidden.
#define CRESSET_EXPORT __attribute__((visibility("default")))
