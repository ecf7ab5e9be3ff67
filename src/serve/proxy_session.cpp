#include "serve/proxy_session.hpp"

#include <string_view>
#include <utility>

namespace cresset::serve {

proxy_session::proxy_session(const base::ip_address& proxy, refusals& refused,
                             const client_acceptor& accept,
                             std::function<void(proxy_session&)> over)
    : proxy_(proxy), refusals_(refused), accept_(accept), over_(std::move(over))
{}

void proxy_session::start(net::connection& c, std::chrono::milliseconds header_timeout)
{
    connection_ = &c;
    c.set_deadline(header_timeout);
}

void proxy_session::on_data(std::span<char> bytes)
{
    using status = net::proxy_header_reader::status;
    std::string_view input(bytes.data(), bytes.size());
    const status read = reader_.feed(input);
    if (read == status::need_more)
        return;
    if (read == status::failed) {
        refusals_.proxy(proxy_, "its PROXY header is missing or malformed");
        connection_->close();
        return;
    }
    accept_(*connection_, reader_.source().value_or(proxy_), bytes.last(input.size()));
    over_(*this);
}

void proxy_session::on_deadline()
{
    refusals_.proxy(proxy_, "its PROXY header did not arrive in time");
    connection_->close();
}

} // namespace cresset::serve
