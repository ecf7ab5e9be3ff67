#include "load/outlet.hpp"

#include "load/client.hpp"
#include "protocol/json_string.hpp"

namespace cresset::load {

client_outlet::client_outlet(client& from, std::string_view room)
    : from_(from), text_(R"({"event":"publish","data":{"room":)")
{
    protocol::append_json_string(text_, room);
    text_.append(R"(,"event":")").append(message_event).append(R"(","data":)");
    opening_size_ = text_.size();
}

void client_outlet::publish(const message_codec& codec, const stamp& s)
{
    text_.resize(opening_size_);
    codec.append(text_, s);
    text_ += "}}";
    from_.send_text(text_);
}

} // namespace cresset::load
