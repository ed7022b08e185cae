/** A person as one reads them: the name they gave, and the user ID, which is what was proven. */
export function PersonName({ userId, name }: { userId: string; name: string }) {
  return (
    <span class="person-name">
      <b>
        <bdi>{name}</bdi>
      </b>{" "}
      <span class="user-id">{userId}</span>
    </span>
  );
}
