# cresset_module(NAME [SOURCES ...] [USES MODULE...] [LIBRARIES TARGET...])
#   One folder of src/ as the target cresset::NAME. USES names the modules it may include from,
#   LIBRARIES what its own sources need; a library that headers show goes in PUBLIC_LIBRARIES.
function(cresset_module name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES;PUBLIC_LIBRARIES" ${ARGN})
    add_library(cresset_${name} STATIC ${arg_SOURCES})
    add_library(cresset::${name} ALIAS cresset_${name})
    list(TRANSFORM arg_USES PREPEND cresset::)
    target_link_libraries(cresset_${name}
        PUBLIC cresset_flags ${arg_USES} ${arg_PUBLIC_LIBRARIES}
        PRIVATE ${arg_LIBRARIES})
    cresset_seen_by_fuzzing(cresset_${name})
endfunction()

# Has fuzzing see which way its input goes through a target.
function(cresset_seen_by_fuzzing target)
    if(CRESSET_FUZZ)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
endfunction()

# Builds every unit test program.
add_custom_target(unit_tests)

# What sanitizers look at is what is tested, and tests themselves are compiled in less than half the time
# when they aren't optimised.
function(cresset_tests_of_sanitizers target)
    if(CRESSET_SANITIZE)
        target_compile_options(${target} PRIVATE -O0)
    endif()
endfunction()

# cresset_unit_test(NAME [MODULE MODULE] SOURCES ... [LIBRARIES TARGET...])
#   The tests of one module (NAME, if none is given) as one program, unit_NAME; ctest lists each test by
#   itself.
function(cresset_unit_test name)
    cmake_parse_arguments(arg "" "MODULE" "SOURCES;LIBRARIES" ${ARGN})
    if(NOT arg_MODULE)
        set(arg_MODULE ${name})
    endif()
    add_executable(unit_${name} ${arg_SOURCES})
    target_link_libraries(unit_${name}
        PRIVATE cresset::${arg_MODULE} ${arg_LIBRARIES} GTest::gtest_main Threads::Threads)
    target_include_directories(unit_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    cresset_tests_of_sanitizers(unit_${name})
    add_dependencies(unit_tests unit_${name})
    include(GoogleTest)
    # Long enough for the stress test with a sanitizer on a loaded machine.
    gtest_discover_tests(unit_${name}
        TEST_PREFIX "unit.${name}." DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
endfunction()
