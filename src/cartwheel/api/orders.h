#pragma once
// Orders, to be read. Owned by the composition root; any io thread.

#include "cartwheel/api/bindings.h"

namespace cartwheel::api {

struct OrderListQuery {
    reflect::Whole<1, 1000> limit{10};
    std::optional<std::string> after;  ///< the cursor in the Link header of the page before
};
BOOST_DESCRIBE_STRUCT(OrderListQuery, (), (limit, after))

class OrderApi {
public:
    explicit OrderApi(store::Store& store) : store_(store) {}

    Task<Result<Page<Order>>> list(domain::UserId user, http::Query<OrderListQuery> query);
    Task<Result<Order>> read(domain::UserId user, domain::OrderId id);

private:
    store::Store& store_;
};

}  // namespace cartwheel::api
