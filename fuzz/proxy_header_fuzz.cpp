// The PROXY header of a connection ends at the same byte and names the same client however it is
// cut, and what is named is an address that reads as it was written.

#include "cut_input.hpp"
#include "expect.hpp"
#include "net/proxy_header.hpp"

#include <string>

namespace {

using namespace cresset;
using fuzz::expect;
using status = net::proxy_header_reader::status;

// All that the reader says, in one text.
std::string read(const fuzz::pieces& pieces)
{
    net::proxy_header_reader reader;
    auto last = status::need_more;
    std::string left;
    for (const std::string_view piece : pieces) {
        const std::vector<char> bytes(piece.begin(), piece.end()); // seen by asan beyond its end
        std::string_view input(bytes.data(), bytes.size());
        last = reader.feed(input);
        expect(last != status::need_more || input.empty(), "what needs more has taken all");
        left += input;
    }
    if (last == status::failed)
        return "failed";
    if (last == status::need_more)
        return "need more";
    if (!reader.source())
        return "none, then " + left;
    const std::string text = reader.source()->to_string();
    expect(base::ip_address::parse(text) == reader.source(), "an address reads as it is written");
    return text + ", then " + left;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::cut_input input(data, size);
    const std::string whole = read(input.whole());
    expect(read(input.cut) == whole, "whole or in pieces, the header is the same");
    expect(read(input.one_by_one()) == whole, "byte by byte, it is too");
    return 0;
}
