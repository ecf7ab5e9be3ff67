# Writes a C++ file that holds others, byte for byte. Run as
#   cmake -DOUTPUT=FILE -DFOLDER=DIR -DFILES=a.html,b.css -P embed.cmake
# Each file is served at its own name, index.html at "/" as well.

set(type_.html "text/html; charset=utf-8")
set(type_.css "text/css; charset=utf-8")
set(type_.js "text/javascript; charset=utf-8")
set(type_.svg "image/svg+xml")

string(REPLACE "," ";" files "${FILES}")
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS files)
    file(READ "${FOLDER}/${file}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    get_filename_component(extension "${file}" LAST_EXT)
    if(NOT DEFINED "type_${extension}")
        message(FATAL_ERROR "embed.cmake knows no content type for ${file}")
    endif()
    if(file STREQUAL "index.html")
        set(path "/")
    else()
        set(path "/${file}")
    endif()
    string(APPEND arrays "constexpr char bytes_${index}[] = {${bytes}};\n")
    string(APPEND rows
        "    asset{\"${path}\", \"${type_${extension}}\", {bytes_${index}, sizeof bytes_${index}}},\n")
    math(EXPR index "${index} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Made by cmake/embed.cmake from dashboard/.
#include \"standalone/assets.hpp\"

namespace cresset::standalone {
namespace {

${arrays}
constexpr asset all[] = {
${rows}};

} // namespace

std::span<const asset> demo_assets() noexcept
{
    return all;
}

} // namespace cresset::standalone
")
