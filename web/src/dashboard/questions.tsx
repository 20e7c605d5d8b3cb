export function QuestionsView() {
  return <h1>Questions</h1>;
}
