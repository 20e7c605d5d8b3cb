// The commands on the page name the address under which this server was reached, and can be copied by a button.
for (const origin of document.querySelectorAll(".origin")) origin.textContent = location.origin;

if (navigator.clipboard) {
  for (const block of document.querySelectorAll("pre")) {
    const command = block.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(command);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    block.append(button);
  }
}
