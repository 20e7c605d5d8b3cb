export function CartsView() {
  return <h1>Carts</h1>;
}
