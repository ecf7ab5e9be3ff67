# What makes a mistake in memory end the process where it could be made use of. Sanitizers have more
# exact means, so builds with them have none of it.
#
#   position-independent    addresses differ at each start
#   relro, now              tables of functions are made at the start, and read-only from then on
#   stack protector         who writes over a return address is seen before it is used
#   _FORTIFY_SOURCE         memcpy, snprintf and others check against the size of what they write to
#   cf-protection, branch-protection
#                           jumps end only where a jump may end, where the processor and the system
#                           know of it: CET on x86-64, BTI and PAC on arm64
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckPIESupported)

# Else CMake compiles executables for it, but leaves it to the compiler whether they are linked so.
check_pie_supported()

# Level 3 knows sizes that are known only when the program runs (GCC 12, clang 14).
check_cxx_source_compiles(
    "int main(int argc, char** argv) { return __builtin_dynamic_object_size(argv[argc], 1) == 0; }"
    CRESSET_HAS_DYNAMIC_OBJECT_SIZE)
set(fortify_level 2)
if(CRESSET_HAS_DYNAMIC_OBJECT_SIZE)
    set(fortify_level 3)
endif()

# Where it isn't optimised nothing is fortified, and glibc warns. Some compilers define it already.
check_cxx_source_compiles("
    #ifndef __OPTIMIZE__
    #error not optimised
    #endif
    int main() {}" CRESSET_FLAGS_OPTIMISE)
set(optimises $<OR:$<CONFIG:Release>,$<CONFIG:RelWithDebInfo>,$<CONFIG:MinSizeRel>>)
if(CRESSET_FLAGS_OPTIMISE)
    set(optimises 1)
endif()

target_compile_options(cresset_flags INTERFACE
    -fstack-protector-strong
    $<${optimises}:-U_FORTIFY_SOURCE> $<${optimises}:-D_FORTIFY_SOURCE=${fortify_level}>)
target_link_options(cresset_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)

foreach(flag -fcf-protection=full -mbranch-protection=standard)
    string(MAKE_C_IDENTIFIER "CRESSET_HAS${flag}" known)
    check_cxx_compiler_flag(${flag} ${known})
    if(${known})
        target_compile_options(cresset_flags INTERFACE ${flag})
    endif()
endforeach()
