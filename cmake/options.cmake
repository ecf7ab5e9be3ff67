# What can be chosen, and what every target is built with.

option(CRESSET_TESTS "Build the tests" ON)
option(CRESSET_WERROR "Treat warnings as errors" ON)
option(CRESSET_FUZZ "Build the fuzz targets; needs the preset asan" OFF)
option(CRESSET_BENCH "Build the benchmarks" OFF)
set(CRESSET_SANITIZE "" CACHE STRING "Sanitizers for every target, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CRESSET_CCACHE ccache)
if(CRESSET_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CRESSET_CCACHE})
endif()

add_library(cresset_flags INTERFACE)
target_compile_options(cresset_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast
    $<$<BOOL:${CRESSET_WERROR}>:-Werror>)
target_compile_definitions(cresset_flags INTERFACE
    # The checks of the standard library's containers. Cheap enough to stay in release builds: all
    # figures of docs/benchmarks.md are with them.
    _GLIBCXX_ASSERTIONS)
target_include_directories(cresset_flags INTERFACE
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_options(cresset_flags INTERFACE -Wl,--as-needed)

# Part of -Wconversion with Clang, but not with GCC.
target_compile_options(cresset_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>)

if(CMAKE_UNITY_BUILD)
    # What these warn of is so in one translation unit with other sources, but not in one's own.
    target_compile_options(cresset_flags INTERFACE
        $<IF:$<CXX_COMPILER_ID:GNU>,-Wno-subobject-linkage,-Wno-shadow>)
endif()

if(CRESSET_SANITIZE)
    target_compile_options(cresset_flags INTERFACE
        -fsanitize=${CRESSET_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
        -U_FORTIFY_SOURCE)
    target_link_options(cresset_flags INTERFACE -fsanitize=${CRESSET_SANITIZE})
else()
    include(cmake/hardening.cmake)
endif()
