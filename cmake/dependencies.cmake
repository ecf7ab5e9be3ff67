# Debian's packages, found and never downloaded. ../dev lists the packages by name.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json) # and headers: Beast, unordered, intrusive
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(cjose REQUIRED IMPORTED_TARGET cjose)
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
if(CRESSET_TESTS)
    find_package(GTest REQUIRED)
endif()
if(CRESSET_BENCH)
    find_package(benchmark REQUIRED)
endif()
